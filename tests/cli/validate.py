"""Judges documents by a JSON Schema: reads {"schema": …, "documents": […]} from the file that is named, and prints a line for each
document: "ok", or what is wrong with it. The schema itself is checked first."""
import json
import sys

from jsonschema import Draft7Validator

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
Draft7Validator.check_schema(given["schema"])
validator = Draft7Validator(given["schema"])
for document in given["documents"]:
    error = next(validator.iter_errors(document), None)
    print("ok" if error is None else "/".join(map(str, error.absolute_path)) + ": " + error.message.replace("\n", " ")[:200])
