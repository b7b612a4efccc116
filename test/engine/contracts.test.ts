import { strict as assert } from 'node:assert';
import { contracts, experimentJsonSchema } from '../../src/engine/contracts';
import { algorithms } from '../../src/engine/models/registry';
import type { AlgorithmDeclaration } from '../../src/schema/algorithm';
import { defaultAlgorithmId } from '../../src/schema/defaultAlgorithm';
import { layerKinds } from '../../src/schema/layers';

interface Rule {
  if: { properties: { algorithm: { const: string } }; required?: string[] };
  then: { properties: { task: { enum: string[] }; hyperparameters: { properties: Record<string, unknown>; additionalProperties: boolean } } };
}

interface LayerRule {
  if: { properties: { kind: { const: string } } };
  then: { properties: Record<string, { type?: string; minimum?: number; enum?: string[] }>; required: string[]; additionalProperties: boolean };
}

interface ExperimentJsonSchema {
  properties: { algorithm: { enum: string[]; enumDescriptions: string[]; default: string } };
  additionalProperties: boolean;
  allOf: Rule[];
  definitions: { layer: { properties: { kind: { enum: string[] } }; allOf: LayerRule[] } };
}

const schemaOf = (declarations: readonly AlgorithmDeclaration[]): ExperimentJsonSchema =>
  experimentJsonSchema(declarations) as unknown as ExperimentJsonSchema;

const example: AlgorithmDeclaration = {
  id: 'example',
  label: 'Example',
  summary: 'Shows each kind of setting.',
  tasks: ['regression'],
  preparation: { scale: 'none', encode: 'oneHot' },
  hyperparameters: [
    { name: 'depth', type: 'integer', label: 'Depth', help: 'How deep.', default: null, nullable: true, nullLabel: 'no limit', minimum: 1, sklearnName: 'max_depth' },
    { name: 'rate', type: 'number', label: 'Rate', help: 'How fast.', default: 0.1, minimum: 0, exclusiveMinimum: true, maximum: 1 },
    { name: 'bootstrap', type: 'boolean', label: 'Bootstrap', help: 'Whether rows are drawn.', default: true },
    { name: 'loss', type: 'choice', label: 'Loss', help: 'What is minimised.', task: 'regression', default: 'squared', choices: [{ value: 'squared', label: 'Squared error' }, { value: 'absolute', label: 'Absolute error' }] },
    { name: 'loss', type: 'choice', label: 'Loss', help: 'What is minimised.', task: 'classification', default: 'log', choices: [{ value: 'log', label: 'Log loss' }] },
  ],
};

describe('the generated contracts', () => {
  it('hold a schema for each file of the repository and every declaration', () => {
    const files = contracts();
    assert.deepEqual(Object.keys(files).sort(), ['algorithms.json', 'schemas/evaluation.schema.json', 'schemas/experiment.schema.json', 'schemas/run.schema.json']);
    assert.deepEqual(files['algorithms.json'], JSON.parse(JSON.stringify(algorithms.map(({ declaration }) => declaration))));
  });

  it('know every algorithm of the registry and its settings', () => {
    const schema = schemaOf(algorithms.map(({ declaration }) => declaration));
    assert.equal(schema.additionalProperties, false);
    assert.deepEqual(schema.properties.algorithm.enum, algorithms.map(({ declaration }) => declaration.id));
    assert.ok(schema.properties.algorithm.enum.includes(defaultAlgorithmId), 'the default algorithm is one of them');
    for (const { declaration } of algorithms) {
      const rule = schema.allOf.find((each) => each.if.properties.algorithm.const === declaration.id);
      assert.ok(rule !== undefined, `${declaration.id} has a rule`);
      const names = [...new Set(declaration.hyperparameters.map(({ name }) => name))].sort();
      assert.deepEqual(Object.keys(rule.then.properties.hyperparameters.properties).sort(), names);
      assert.deepEqual(rule.then.properties.task.enum, declaration.tasks);
    }
  });

  it('apply to a file without an algorithm what the default one declares', () => {
    const rules = schemaOf([{ ...example, id: defaultAlgorithmId }, example]).allOf;
    assert.deepEqual(rules.map((rule) => rule.if.required), [undefined, ['algorithm']]);
  });

  it('complete and check a network\'s layers by their kind', () => {
    const { allOf, definitions: { layer } } = schemaOf(algorithms.map(({ declaration }) => declaration));
    assert.deepEqual(layer.properties.kind.enum, Object.keys(layerKinds));
    const rules = new Map(layer.allOf.map((rule) => [rule.if.properties.kind.const, rule.then]));
    for (const [kind, { fields }] of Object.entries(layerKinds)) {
      const rule = rules.get(kind);
      assert.deepEqual(Object.keys(rule?.properties ?? {}).sort(), ['kind', ...fields.map(({ name }) => name), ...(kind === 'residual' ? ['layers'] : [])].sort());
      assert.equal(rule?.additionalProperties, false);
    }
    assert.deepEqual(rules.get('dense')?.required, ['units']);
    assert.deepEqual([rules.get('dense')?.properties['units']?.type, rules.get('dense')?.properties['units']?.minimum], ['integer', 1]);
    const given = (id: string): unknown => (allOf.find((rule) => rule.if.properties.algorithm.const === id)?.then.properties.hyperparameters.properties['layers'] as { anyOf: unknown } | undefined)?.anyOf;
    const list = { type: 'array', minItems: 1, items: { $ref: '#/definitions/layer' } };
    assert.deepEqual(given('cnn'), [list, { type: 'null' }]);
    assert.deepEqual(given('lstm'), [list, { type: 'integer', minimum: 1, maximum: 20 }]);
  });

  it('describe each kind of setting', () => {
    const [rule] = schemaOf([example]).allOf;
    const loss = (values: string[], labels: string[], task: string): object => ({
      title: 'Loss', description: `What is minimised. Only for ${task}.`, default: values[0], enum: values, enumDescriptions: labels,
    });
    assert.deepEqual(rule?.then.properties.hyperparameters, {
      type: 'object',
      additionalProperties: false,
      properties: {
        depth: { title: 'Depth', description: 'How deep. null: no limit. scikit-learn: max_depth.', default: null, type: ['integer', 'null'], minimum: 1 },
        rate: { title: 'Rate', description: 'How fast.', default: 0.1, type: 'number', exclusiveMinimum: 0, maximum: 1 },
        bootstrap: { title: 'Bootstrap', description: 'Whether rows are drawn.', default: true, type: 'boolean' },
        loss: { anyOf: [loss(['squared', 'absolute'], ['Squared error', 'Absolute error'], 'regression'), loss(['log'], ['Log loss'], 'classification')] },
      },
    });
  });
});
