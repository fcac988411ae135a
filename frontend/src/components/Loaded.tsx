import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnyVariables, UseQueryResponse } from 'urql';
import { Failed } from './States';

interface LoadedProps<Data, Variables extends AnyVariables> {
  query: UseQueryResponse<Data, Variables>;
  /** Pixels kept free while the answer comes. */
  height: number;
  children: (data: Data) => ReactNode;
}

/** The three states of what is asked for: coming, there, or failed with a way to ask again. */
export function Loaded<Data, Variables extends AnyVariables>({ query, height, children }: LoadedProps<Data, Variables>) {
  const { t } = useTranslation();
  const [{ data, error }, refetch] = query;
  if (data) return children(data);
  if (error) return <Failed error={error} onRetry={() => refetch({ requestPolicy: 'network-only' })} />;
  return (
    <div role="status" aria-label={t('loading')}>
      <Skeleton height={height} />
    </div>
  );
}
