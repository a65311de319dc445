/** Fields of JSONValue, and of errors, whose values are in JSON. */
import {
  asArray,
  asBoolean,
  asInteger,
  asString,
  encode,
  fieldAt,
  fieldNames,
  type JsonValue,
  jsonOf,
  jsonText,
  withFieldAt,
} from '../../objects/json-value.js';
import { type Fields, object } from '../api.js';

const json = (value: JsonValue) => object('JSONValue', value);

export const jsonValueFields: Fields<'JSONValue'> = {
  contents: (value, { pretty, indent }) => jsonText(value, pretty, indent),
  withContents: (_, args) => json(jsonOf(args.contents)),
  newString: (_, args) => json(encode(args.value)),
  newInteger: (_, args) => json(encode(args.value)),
  newBoolean: (_, args) => json(encode(args.value)),
  asString,
  asInteger,
  asBoolean,
  asArray: value => asArray(value).map(json),
  fields: fieldNames,
  field: (value, args) => json(fieldAt(value, args.path)),
  withField: (value, args, api) => json(withFieldAt(value, args.path, api.registry.load(args.value, 'JSONValue'))),
};

export const errorFields: Fields<'Error'> = {
  message: error => error.message,
  values: error => error.values.map(value => object('ErrorValue', value)),
  withValue: (error, { name, value }) => object('Error', { ...error, values: [...error.values, { name, value }] }),
};

export const errorValueFields: Fields<'ErrorValue'> = {
  name: value => value.name,
  value: value => value.value,
};
