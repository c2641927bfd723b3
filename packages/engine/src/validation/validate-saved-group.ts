import type { Customer, Group } from '../directory/resources.ts';
import type { Directory } from '../ports/directory.ts';
import type { Destination } from '../records/address.ts';
import { checkDestinations } from './check-destinations.ts';
import { completeOptions, type GroupCallOptionsInput } from './complete-options.ts';
import { readAnswerMethod, readRingMethod } from './validate-start.ts';

/** What a saved group is made of, as it is sent. */
export interface SavedGroupInput {
  readonly destinations: readonly Destination[];
  readonly ringMethod?: string | undefined;
  readonly answerMethod?: string | undefined;
  readonly options?: GroupCallOptionsInput | undefined;
}

/**
 * Checks a saved group by the same rules as a group call that is started (rule 4), and fills in its defaults.
 *
 * @throws EngineError INVALID_ARGUMENT, DESTINATION_NOT_ALLOWED or RESOURCE_NOT_FOUND.
 */
export async function validateSavedGroup(
  input: SavedGroupInput,
  customer: Customer,
  directory: Directory,
): Promise<Pick<Group, 'destinations' | 'ringMethod' | 'answerMethod' | 'options'>> {
  const { destinations } = input;
  const options = completeOptions(input.options ?? {});
  const ringMethod = readRingMethod(input.ringMethod);
  const answerMethod = readAnswerMethod(input.answerMethod);
  await checkDestinations('destinations', destinations, customer, directory);
  return { destinations, ringMethod, answerMethod, options };
}
