import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Params } from './params.ts';
import { ParseError } from './parse-error.ts';
import { Via } from './via.ts';

describe('Via (RFC 3261 §20.42)', () => {
  test('MUST read all its parts', () => {
    const via = Via.parse('SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK87asdks7;rport=5071;received=192.0.2.9;x="y;z"');
    assert.equal(via.protocol, 'UDP');
    assert.equal(via.host, '192.0.2.1');
    assert.equal(via.port, 5070);
    assert.equal(via.branch, 'z9hG4bK87asdks7');
    assert.equal(via.rport, 5071);
    assert.equal(via.received, '192.0.2.9');
    assert.equal(via.sentBy, '192.0.2.1:5070');
    assert.equal(via.params.get('x'), '"y;z"');
  });

  test('MUST take white space wherever the grammar has it', () => {
    const via = Via.parse('  SIP  / 2.0  / tcp     spindle.example.com : 5060  ;  branch  =   z9hG4bK9ikj8  ');
    assert.equal(via.toString(), 'SIP/2.0/TCP spindle.example.com:5060;branch=z9hG4bK9ikj8');
  });

  test('MUST know transports it cannot speak (RFC 4475 transports)', () => {
    assert.equal(Via.parse('SIP/2.0/SCTP a').protocol, 'SCTP');
    assert.equal(Via.parse('sip/2.0/unknown a').protocol, 'UNKNOWN');
  });

  test('MUST read IPv6 without brackets, in sent-by and in received, and write it with them', () => {
    const via = Via.parse('SIP/2.0/TLS [2001:db8::9:1]:5061;received=[2001:db8::9:255];branch=z9hG4bKas3');
    assert.equal(via.host, '2001:db8::9:1');
    assert.equal(via.received, '2001:db8::9:255');
    assert.equal(via.sentBy, '[2001:db8::9:1]:5061');
    assert.equal(Via.parse('SIP/2.0/UDP [::1];received=2001:db8::1').received, '2001:db8::1');
  });

  test('MUST tell an empty or impossible rport from one that is filled in (RFC 3581)', () => {
    assert.equal(Via.parse('SIP/2.0/UDP a;rport').rport, undefined);
    assert.ok(Via.parse('SIP/2.0/UDP a;rport').params.has('rport'));
    assert.equal(Via.parse('SIP/2.0/UDP a;rport=0').rport, undefined);
    assert.equal(Via.parse('SIP/2.0/UDP a;rport=99999').rport, undefined);
    assert.equal(Via.parse('SIP/2.0/UDP a;rport=x').rport, undefined);
    assert.equal(Via.parse('SIP/2.0/UDP a').branch, '');
  });

  test('MUST read a list', () => {
    const list = Via.parseList('SIP/2.0/UDP a;branch=1 , SIP/2.0/TCP b:99;branch=2,SIP/2.0/WS c');
    assert.deepEqual(
      list.map((via) => via.sentBy),
      ['a', 'b:99', 'c'],
    );
  });

  test('MUST be made of its parts', () => {
    const via = Via.of({ protocol: 'UDP', host: '::1', port: 5060, params: Params.of([['branch', 'z9hG4bK1']]) });
    assert.equal(via.withParam('rport', '9').toString(), 'SIP/2.0/UDP [::1]:5060;branch=z9hG4bK1;rport=9');
    assert.equal(via.toString(), 'SIP/2.0/UDP [::1]:5060;branch=z9hG4bK1');
  });

  for (const text of [
    '',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ',
    'SIP/2.0 192.0.2.1',
    'SIP/2.0/ a',
    'HTTP/1.1/TCP a',
    'SIP/2.0/UDP a:',
    'SIP/2.0/UDP a:b',
    'SIP/2.0/UDP a:70000',
    'SIP/2.0/UDP [::1',
    'SIP/2.0/UDP 192.0.2.15;;,;,,',
    'SIP/2.0/UDP a;branch=1;',
    'SIP/2.0/UDP a b',
    'SIP/2.0/UDP[::1]',
    'SIP/2.0/UDP a,SIP/2.0/UDP b',
  ]) {
    test(`MUST refuse ${JSON.stringify(text)}`, () => {
      assert.throws(() => Via.parse(text), ParseError);
    });
  }
});
