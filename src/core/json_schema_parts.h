#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace wrcor::json_schema_parts {

// Pieces of JSON Schemas (draft-07, the newest draft that validators of every language support).

using Schema = nlohmann::ordered_json;

/// A member of an object.
struct Member {
  std::string name;
  Schema schema;
  bool required = true;
};

/// An object with these members and no others.
Schema object(const std::vector<Member>& members);
/// An object whose members, any number of them, have these names.
Schema map(const std::vector<std::string>& names, const Schema& value);
Schema array(const Schema& items);
Schema text();
Schema text_matching(const std::string& pattern);
Schema one_of_texts(const std::vector<std::string>& texts);
Schema constant(const Schema& value);
Schema whole_number();  ///< 0 or more
Schema number();
Schema number_or_null();
Schema hexadecimal(int digits);
Schema time_of_day();  ///< as utc_now() gives it
Schema tool();         ///< {"name", "version"} of the program

std::vector<Member> joined(std::vector<Member> members, const std::vector<Member>& more);

/// A whole document: its schema after "$schema", a versioned "$id" and a title.
Schema document(const std::string& kind, int version, const std::string& title,
                const Schema& schema);

}  // namespace wrcor::json_schema_parts
