import { z } from 'zod';
import type { AlgorithmDeclaration, HyperparameterDeclaration, LayersHyperparameter } from '../schema/algorithm';
import { defaultAlgorithmId } from '../schema/defaultAlgorithm';
import { evaluationSchema } from '../schema/evaluation';
import { experimentFileSchema } from '../schema/experiment';
import type { JsonObject, JsonValue } from '../schema/json';
import type { LayerField } from '../schema/layers';
import { isOptional, layerKinds } from '../schema/layers';
import { runRecordSchema } from '../schema/run';
import { algorithms } from './models/registry';

/**
 * The files that are generated from the source so that the words of schemas and registry stay the only truth: JSON Schemas, by
 * which editors complete and check Trainyard's files, and the algorithms' declarations.
 *
 * @returns contents by path below `dist/`.
 */
export function contracts(): Record<string, JsonValue> {
  const declarations = algorithms.map(({ declaration }) => declaration);
  return {
    'schemas/experiment.schema.json': experimentJsonSchema(declarations),
    'schemas/run.schema.json': jsonSchema(runRecordSchema),
    'schemas/evaluation.schema.json': jsonSchema(evaluationSchema),
    'algorithms.json': toJson(declarations),
  };
}

/** The experiment file's schema with each algorithm's own hyper-parameters. */
export function experimentJsonSchema(declarations: readonly AlgorithmDeclaration[]): JsonObject {
  const base = jsonSchema(experimentFileSchema);
  const properties = base['properties'] as JsonObject;
  return {
    ...base,
    properties: {
      ...properties,
      algorithm: {
        ...(properties['algorithm'] as JsonObject),
        enum: declarations.map(({ id }) => id),
        enumDescriptions: declarations.map(({ label, summary }) => `${label}: ${summary}`),
        default: defaultAlgorithmId,
      },
    },
    allOf: declarations.map((declaration) => rulesOf(declaration)),
    definitions: { ...(base['definitions'] as JsonObject | undefined), layer: layerJsonSchema() },
  };
}

/** What a file may say once its algorithm is this one. A file that names none means the default algorithm. */
function rulesOf({ id, tasks, hyperparameters }: AlgorithmDeclaration): JsonObject {
  const chosen: JsonObject = { properties: { algorithm: { const: id } } };
  return {
    if: id === defaultAlgorithmId ? chosen : { ...chosen, required: ['algorithm'] },
    then: {
      properties: {
        task: { enum: [...tasks] },
        hyperparameters: { type: 'object', properties: hyperparameterProperties(hyperparameters), additionalProperties: false },
      },
    },
  };
}

/** A name may be declared once for each task, with another range or default; then a value that fits either is fine. */
function hyperparameterProperties(declarations: readonly HyperparameterDeclaration[]): JsonObject {
  const properties: JsonObject = {};
  for (const declaration of declarations) {
    const own = hyperparameterSchema(declaration);
    const earlier = properties[declaration.name];
    properties[declaration.name] = earlier === undefined ? own : { anyOf: [earlier, own] };
  }
  return properties;
}

function hyperparameterSchema(declaration: HyperparameterDeclaration): JsonObject {
  const about: JsonObject = { title: declaration.label, description: describe(declaration), default: toJson(declaration.default) };
  switch (declaration.type) {
    case 'boolean':
      return { ...about, type: 'boolean' };
    case 'choice':
      return {
        ...about,
        enum: declaration.choices.map(({ value }) => value),
        enumDescriptions: declaration.choices.map(({ label }) => label),
      };
    case 'columnDirections':
      return { ...about, type: 'object', additionalProperties: { enum: [1, -1] } };
    case 'layers':
      return { ...about, ...layersJsonSchema(declaration) };
    case 'integer':
    case 'number': {
      const { type, nullable, minimum, maximum, exclusiveMinimum } = declaration;
      return {
        ...about,
        type: nullable === true ? [type, 'null'] : type,
        ...(minimum === undefined ? {} : exclusiveMinimum === true ? { exclusiveMinimum: minimum } : { minimum }),
        ...(maximum === undefined ? {} : { maximum }),
      };
    }
  }
}

/** A list of layers, or their number where one setting says that. */
function layersJsonSchema({ count, default: standard }: LayersHyperparameter): JsonObject {
  const list: JsonObject = { type: 'array', minItems: 1, items: { $ref: '#/definitions/layer' } };
  return {
    anyOf: [
      list,
      ...(count === undefined ? [] : [{ type: 'integer', minimum: count.minimum, maximum: count.maximum }]),
      ...(standard === null ? [{ type: 'null' }] : []),
    ],
  };
}

/** One rule for each kind, so that an editor completes and checks the fields of the kind that is written there. */
function layerJsonSchema(): JsonObject {
  const kinds = Object.entries(layerKinds);
  return {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: kinds.map(([kind]) => kind), enumDescriptions: kinds.map(([, { label, help }]) => `${label}: ${help}`) } },
    defaultSnippets: kinds.map(([kind, { label, help, initial }]) => ({ label: `${kind} layer`, description: `${label}: ${help}`, body: { kind, ...initial } })),
    allOf: kinds.map(([kind, { fields }]): JsonObject => ({
      if: { required: ['kind'], properties: { kind: { const: kind } } },
      then: {
        properties: {
          kind: true,
          ...Object.fromEntries(fields.map((field) => [field.name, layerFieldJsonSchema(field)])),
          ...(kind === 'residual' ? { layers: { type: 'array', items: { $ref: '#/definitions/layer' } } } : {}),
        },
        required: [...fields.filter((field) => !isOptional(field)).map(({ name }) => name), ...(kind === 'residual' ? ['layers'] : [])],
        additionalProperties: false,
      },
    })),
  };
}

function layerFieldJsonSchema(field: LayerField): JsonObject {
  const absent = field.type === 'boolean' || field.absent === undefined ? '' : ` Absent: ${field.absent.toLowerCase()}.`;
  const about: JsonObject = { title: field.label, description: `${field.help}${absent}`, ...(field.default === undefined ? {} : { default: field.default }) };
  switch (field.type) {
    case 'boolean':
      return { ...about, type: 'boolean' };
    case 'choice':
      return { ...about, enum: field.choices.map(({ value }) => value), enumDescriptions: field.choices.map(({ label }) => label) };
    case 'integer':
    case 'number':
      return { ...about, type: field.type, minimum: field.minimum, [field.exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum']: field.maximum };
  }
}

function describe(declaration: HyperparameterDeclaration): string {
  const nullMeaning =
    (declaration.type === 'integer' || declaration.type === 'number') && declaration.nullLabel !== undefined
      ? ` null: ${declaration.nullLabel}.`
      : '';
  const task = declaration.task === undefined ? '' : ` Only for ${declaration.task}.`;
  const sklearn = declaration.sklearnName === undefined ? '' : ` scikit-learn: ${declaration.sklearnName}.`;
  return `${declaration.help}${nullMeaning}${task}${sklearn}`;
}

/** VS Code's JSON editor knows draft 7 in full, later drafts only in part. */
function jsonSchema(schema: z.ZodType): JsonObject {
  return toJson(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })) as JsonObject;
}

/** A plain copy that holds nothing but JSON. */
function toJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
