import { Table } from '@mantine/core';
import type { PackageState } from '../../shared/package';
import { Pill } from '../ui';
import styles from './package.module.css';

/** The lock file as a table: those the notebook imports first. */
export function Dependencies({ generated }: { generated: NonNullable<PackageState['generated']> }) {
  const sorted = [...generated.packages].sort(
    (a, b) => Number(b.isDirect) - Number(a.isDirect) || a.name.localeCompare(b.name),
  );
  return (
    <div className={styles.stack} data-testid="dependencies">
      <div className="dim">
        Python {generated.python}; {generated.packages.length} packages, locked with their hashes
        from the kernel's environment.
      </div>
      <Table className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Package</Table.Th>
            <Table.Th>Version</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map(({ name, version, isDirect }) => (
            <Table.Tr key={name}>
              <Table.Td className="mono">{name}</Table.Td>
              <Table.Td className="mono">{version}</Table.Td>
              <Table.Td>
                {isDirect ? (
                  <Pill tone="accent">used directly</Pill>
                ) : (
                  <span className="dim">brought along</span>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
