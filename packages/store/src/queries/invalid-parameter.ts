import { AppError } from '@groupcall/kernel';

/** The error of a list parameter that is not right: `member` names it, `problem` says what would be. */
export function invalidParameter(member: string, problem: string): AppError {
  return new AppError('INVALID_REQUEST_PARAMETER', `${member} ${problem}`);
}
