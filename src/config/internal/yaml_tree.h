#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace wrcor {

/// A YAML (or JSON) document with the line of each part.
struct YamlNode {
  enum class Kind { scalar, sequence, map };
  Kind kind = Kind::scalar;
  int line = 0;        ///< from 1
  std::string text;    ///< of a scalar
  bool plain = false;  ///< of a scalar: written without quotes, so that its text gives its type
  int height = 1;      ///< levels below and including this one
  std::vector<std::shared_ptr<const YamlNode>>
      items;  ///< of a sequence; of a map: key, value, key, ...
};

/// Malformed or excessive YAML. `line` is 0 if no line is the cause.
struct YamlError : std::runtime_error {
  YamlError(int at_line, const std::string& message) : std::runtime_error(message), line(at_line) {}
  int line;
};

/// Reads one document. Text that expands without bound (nesting, aliases of aliases) is refused;
/// aliased parts are shared, so that reading takes time in proportion to the text.
/// @return null for a text without content. @throws YamlError.
std::shared_ptr<const YamlNode> read_yaml(const std::string& text);

}  // namespace wrcor
