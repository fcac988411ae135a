import { useNavigate } from '@tanstack/react-router';
import { SettingsTab } from '../../../features/groups/SettingsTab';
import { useCurrentGroup } from '../../CurrentGroup';

export function SettingsRoute() {
  const navigate = useNavigate();
  return (
    <SettingsTab
      group={useCurrentGroup()}
      onRenamed={(name) => navigate({ to: '/groups/$name/settings', params: { name }, replace: true })}
    />
  );
}
