/**
 * The arrows of ARCHITECTURE.md. Every package lists what it may import; everything else in packages/ and apps/ is an
 * error, and so is a ring. Inside a package the folders are layers too.
 */
const MAY_IMPORT = {
  kernel: [],
  sip: ['kernel'],
  engine: ['kernel'],
  signaling: ['kernel', 'sip', 'engine'],
  media: ['kernel', 'engine'],
  store: ['kernel', 'engine'],
  contract: [],
  testkit: ['kernel', 'sip', 'engine'],
};

/** From the top layer down: a folder may import those after it, never those before it. */
const LAYERS = {
  sip: ['ua', 'dialog', 'transaction', 'transport', 'message'],
};

const packageRules = Object.entries(MAY_IMPORT).map(([name, allowed]) => ({
  name: `packages-${name}`,
  comment: `packages/${name} may import only: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^(packages|apps)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
}));

const layerRules = Object.entries(LAYERS).flatMap(([name, folders]) =>
  folders.slice(1).map((folder, index) => ({
    name: `${name}-${folder}-looks-up`,
    comment: `packages/${name}: ${folder}/ may not import a layer above it`,
    severity: 'error',
    from: { path: `^packages/${name}/src/${folder}/`, pathNot: '\\.test\\.ts$' },
    to: { path: `^packages/${name}/src/(${folders.slice(0, index + 1).join('|')})/` },
  })),
);

module.exports = {
  forbidden: [
    ...packageRules,
    ...layerRules,
    { name: 'no-ring', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-testkit-in-source',
      comment: 'Only tests import the test kit',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '(\\.test\\.ts$|\\.contract\\.ts$|^packages/testkit/)' },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'no-package-internals',
      comment: 'A package is entered by its index.ts (or internal.ts, for the test kit and tests)',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: ['^packages/$2/', '/src/(index|internal)\\.ts$', '\\.contract\\.ts$'],
      },
    },
    { name: 'nothing-imports-apps', severity: 'error', from: { path: '^packages/' }, to: { path: '^apps/' } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
