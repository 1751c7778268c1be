/**
 * What a failure leads to, from HubSpot's answer to the meeting's status (docs/architecture.md, "Failures, from a status
 * to a reason"). There is no other vocabulary for it.
 *
 * - `retry`: Temporal repeats the step soon; the meeting keeps its status.
 * - `wait`: the workflow pauses, and the meeting shows as `waiting`.
 * - `reauthorize`: a person must connect HubSpot again.
 * - `needs_attention`: a person must change something in HubSpot or here.
 * - `rejected`: HubSpot rejected the content, and a person must change it or the rule.
 *
 * A meeting shows the last three as `needs_attention`, with the reason code of its own.
 */
export type FailureKind = 'retry' | 'wait' | 'reauthorize' | 'needs_attention' | 'rejected';
