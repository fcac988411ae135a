import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { coerceInputValue, typeFromAST } from 'graphql/utilities';
import { describe, expect, test } from 'vitest';
import { examples } from './examples';

const folder = resolve(import.meta.dirname, '../../../../graph/schema');
const schema = buildSchema(
  readdirSync(folder)
    .map((file) => readFileSync(resolve(folder, file), 'utf8'))
    .join('\n'),
);

test('every mutation and subscription has an example of its name', () => {
  const fields = [schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => Object.keys(type?.getFields() ?? {}));
  const names = examples.map((e) => e.name);
  expect(fields.filter((field) => !names.includes(field))).toEqual([]);
});

describe.each(examples.map((e) => [e.name, e] as const))('%s', (_, example) => {
  const document = parse(example.query);

  test('is an operation the schema knows', () => {
    expect(validate(schema, document).map((e) => e.message)).toEqual([]);
  });

  test('has variables of the types it declares', () => {
    const values: Record<string, unknown> = example.variables ? JSON.parse(example.variables) : {};
    const operation = document.definitions.find((d) => d.kind === Kind.OPERATION_DEFINITION);
    const declared = operation?.variableDefinitions ?? [];
    expect(Object.keys(values).filter((name) => !declared.some((d) => d.variable.name.value === name))).toEqual([]);
    for (const definition of declared) {
      const type = typeFromAST(schema, definition.type as never);
      if (type) coerceInputValue(values[definition.variable.name.value], type as never);
    }
  });
});
