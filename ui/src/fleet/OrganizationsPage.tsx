import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconBuildingCommunity, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, useSearchParams } from 'wouter';
import { api } from '../api/client';
import type { Organization } from '../api/types';
import { FormEnd } from '../kit/FormEnd';
import { Page } from '../kit/Page';
import { Denied, Empty } from '../kit/states';
import { type Column, DataTable } from '../kit/table/DataTable';
import { useSubmit } from '../kit/useSubmit';

const columns: Column<Organization>[] = [
  { key: 'name', label: 'Name', cell: (o) => o.name },
  { key: 'slug', label: 'Slug', cell: (o) => <span className="fh-mono">{o.slug}</span> },
];

/** The organizations that one belongs to. */
export default function OrganizationsPage() {
  const [params, setParams] = useSearchParams();
  const query = useQuery({ queryKey: ['organizations', 'mine'], queryFn: async () => (await api.get<{ organizations: Organization[] }>('/v1/orgs', { per_page: 1_000 })).organizations });
  const found = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setParams({ add: '1' })}>
      Found an organization
    </Button>
  );
  return (
    <Page title="Organizations" about="Those that you belong to." actions={found}>
      {query.isError && !query.data ? (
        <Denied what="The list of organizations" error={query.error} again={() => void query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={IconBuildingCommunity} title="You belong to no organization" action={found}>
          An organization owns products and has a team. Its integrations see the events of all its products.
        </Empty>
      ) : (
        <DataTable label="Organizations" columns={columns} rows={query.data} idOf={(o) => o.id} hrefOf={(o) => `~/orgs/${o.slug}`} expect={3} />
      )}
      <Modal opened={params.has('add')} onClose={() => setParams({})} title="Found an organization" centered>
        {params.has('add') && <Found onClose={() => setParams({})} />}
      </Modal>
    </Page>
  );
}

function Found({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [, go] = useLocation();
  const form = useForm({ initialValues: { name: '' }, validate: { name: (v) => (v.trim() ? null : 'What to call it') } });
  const { busy, failure, run } = useSubmit(form, ['name']);
  const create = form.onSubmit((v) =>
    void run(async () => {
      const { organization } = await api.post<{ organization: Organization }>('/v1/orgs', { name: v.name.trim() });
      await client.invalidateQueries({ queryKey: ['organizations'] });
      go(`~/orgs/${organization.slug}/team`);
    }),
  );
  return (
    <form onSubmit={create}>
      <Stack>
        <TextInput label="Name" description="You become its owner." data-autofocus {...form.getInputProps('name')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Found" />
      </Stack>
    </form>
  );
}
