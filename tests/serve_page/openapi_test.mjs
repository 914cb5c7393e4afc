// The OpenAPI document is one, by the rules of OpenAPI 3.1: read from the server that is tested, as a client would read it.
import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';

const response = await fetch(`${process.env.URL}/api/v1/openapi.json`);
assert.equal(response.status, 200);
const document = await response.json();
const validator = new Validator();
const result = await validator.validate(document);
assert.deepEqual(result.errors ?? [], []);
assert.ok(result.valid);
assert.equal(validator.version, '3.1');

// What the rules of the document's form cannot say.
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })));
assert.ok(operations.length > 50, `${operations.length} operations`);
const ids = operations.map((each) => each.operationId);
assert.equal(new Set(ids).size, ids.length, 'an operationId stands twice');
for (const { path, method, parameters = [] } of operations) {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  const given = parameters.filter((each) => each.in === 'path').map((each) => each.name);
  assert.deepEqual(given, named, `${method} ${path}`);
}
console.log(`ok: ${operations.length} operations`);
