import { z } from 'zod';
import type { AlgorithmDeclaration, HyperparameterDeclaration } from '../schema/algorithm';
import { evaluationSchema } from '../schema/evaluation';
import { experimentFileSchema } from '../schema/experiment';
import { defaultAlgorithmId } from '../schema/resolveExperiment';
import type { JsonObject, JsonValue } from '../schema/json';
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
