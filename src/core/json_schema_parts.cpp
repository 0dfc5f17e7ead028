#include "core/json_schema_parts.h"

namespace wrcor::json_schema_parts {

Schema object(const std::vector<Member>& members) {
  Schema schema{{"type", "object"},
                {"additionalProperties", false},
                {"required", Schema::array()},
                {"properties", Schema::object()}};
  for (const Member& member : members) {
    schema["properties"][member.name] = member.schema;
    if (member.required) schema["required"].push_back(member.name);
  }
  if (schema["required"].empty()) schema.erase("required");
  return schema;
}

Schema map(const std::vector<std::string>& names, const Schema& value) {
  return {
      {"type", "object"}, {"propertyNames", {{"enum", names}}}, {"additionalProperties", value}};
}

Schema array(const Schema& items) { return {{"type", "array"}, {"items", items}}; }
Schema text() { return {{"type", "string"}}; }
Schema text_matching(const std::string& pattern) {
  return {{"type", "string"}, {"pattern", pattern}};
}
Schema one_of_texts(const std::vector<std::string>& texts) { return {{"enum", texts}}; }
Schema constant(const Schema& value) { return {{"const", value}}; }
Schema whole_number() { return {{"type", "integer"}, {"minimum", 0}}; }
Schema number() { return {{"type", "number"}}; }
Schema number_or_null() { return {{"type", {"number", "null"}}}; }

Schema hexadecimal(int digits) {
  return text_matching("^[0-9a-f]{" + std::to_string(digits) + "}$");
}
Schema time_of_day() { return text_matching("^[0-9-]{10}T[0-9:]{8}Z$"); }
Schema tool() { return object({{"name", constant("wrcor")}, {"version", text()}}); }

std::vector<Member> joined(std::vector<Member> members, const std::vector<Member>& more) {
  members.insert(members.end(), more.begin(), more.end());
  return members;
}

Schema document(const std::string& kind, int version, const std::string& title,
                const Schema& schema) {
  Schema whole{{"$schema", "http://json-schema.org/draft-07/schema#"},
               {"$id", "urn:wrcor:schema:" + kind + ":" + std::to_string(version)},
               {"title", title}};
  whole.update(schema);
  return whole;
}

}  // namespace wrcor::json_schema_parts
