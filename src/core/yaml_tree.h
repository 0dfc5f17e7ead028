#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace wrcor {

/// A YAML (or JSON) document with the place of each part.
struct YamlNode {
  enum class Kind { scalar, sequence, map };
  Kind kind = Kind::scalar;
  int line = 0;        ///< from 1
  int column = 0;      ///< from 1
  std::string text;    ///< of a scalar
  bool plain = false;  ///< of a scalar: written without quotes, so that its text gives its type
  int height = 1;      ///< levels below and including this one
  std::vector<std::shared_ptr<const YamlNode>>
      items;  ///< of a sequence; of a map: key, value, key, ...
};

/// Malformed or excessive YAML. `line` and `column` are 0 if no place is the cause.
struct YamlError : std::runtime_error {
  YamlError(int at_line, int at_column, const std::string& message)
      : std::runtime_error(message), line(at_line), column(at_column) {}
  int line;
  int column;
};

/// The value of a scalar: typed_scalar() of a plain one.
nlohmann::json scalar_value(const YamlNode& scalar);

/// The form of a value in messages: "a mapping", "an empty list", "'text'", "null", "12".
std::string shown_value(const YamlNode& node);

/// The largest text of such a document, in bytes.
constexpr std::size_t largest_yaml = 1 << 20;

/// Whether read_yaml() accepts a text as input: not too large, UTF-8, without NUL bytes.
/// @return the problem, or an empty text
std::string yaml_text_problem(const std::string& text);

/// Reads one document. Text that expands without bound (nesting, aliases of aliases) is refused;
/// aliased parts are shared, so that reading takes time in proportion to the text.
/// @return null for a text without content. @throws YamlError.
std::shared_ptr<const YamlNode> read_yaml(const std::string& text);

}  // namespace wrcor
