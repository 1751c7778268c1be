import { DescriptionList, DescriptionListItem, Link, Text } from '@hubspot/ui-extensions';
import type { WrittenValue } from './backend';

interface ValuesProps {
  readonly values: readonly WrittenValue[];
  readonly openReviews: number;
  readonly reviewsUrl: string | undefined;
}

/** The values that meetings wrote to properties of the record, and the suggestions that wait for a person. */
export function Values({ values, openReviews, reviewsUrl }: ValuesProps) {
  return (
    <>
      {openReviews > 0 && reviewsUrl !== undefined && (
        <Link href={{ url: reviewsUrl, external: true }}>
          {openReviews === 1 ? '1 suggestion waits for a review' : `${openReviews} suggestions wait for a review`}
        </Link>
      )}
      {values.length > 0 && (
        <DescriptionList direction="row">
          {values.map(({ label, value, meetingUrl }) => (
            <DescriptionListItem key={label} label={label}>
              <Text>{value}</Text>
              <Link href={{ url: meetingUrl, external: true }}>From a meeting</Link>
            </DescriptionListItem>
          ))}
        </DescriptionList>
      )}
    </>
  );
}
