#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/yaml_tree.h"

namespace wrcor {

/// The errors of a file that defines a space, a line each.
class DefinitionProblems {
 public:
  explicit DefinitionProblems(std::string file) : file_(std::move(file)) {}

  void add(const YamlNode& at, const std::string& message);
  /// Whether further errors are only counted, so that their wording does not matter.
  bool enough() const;
  std::size_t count() const { return problems_.size(); }
  /// In the order of the file: "my.yaml:4:10: space.nodes: ...".
  std::vector<std::string> lines() const;

 private:
  struct Problem {
    int line, column;
    std::string message;
  };

  std::string file_;
  std::vector<Problem> problems_;
};

/// A mapping of a definition whose keys are read one by one. Each function that reads a key reports
/// its error and then returns a valid value, so that reading continues.
class DefinitionSection {
 public:
  /// @param path  of the mapping, for messages: "space.stem"
  /// @param node  anything else than a mapping is reported
  DefinitionSection(std::string path, const YamlNode& node, DefinitionProblems& problems);

  const std::string& path() const { return path_; }
  DefinitionProblems& problems() const { return problems_; }
  void report(const std::string& message) const { problems_.add(node_, path_ + ": " + message); }
  void report(const std::string& key, const YamlNode& at, const std::string& message) const {
    problems_.add(at, path_ + "." + key + ": " + message);
  }

  /// The value of a key; null when it is missing or null.
  const YamlNode* find(const std::string& key);

  /// @param fallback  of a missing key; nothing: the key is required
  std::int64_t integer(const std::string& key, std::int64_t least, std::int64_t most,
                       std::optional<std::int64_t> fallback);
  /// An integer that is odd. @param most  odd
  std::int64_t odd(const std::string& key, std::int64_t most, std::int64_t fallback);
  double number(const std::string& key, double least, bool may_be_least, double most,
                double fallback);
  /// A name of letters, digits, '-' and '_'.
  std::string name(const std::string& key);
  /// One of some names. @param singular, plural  what they are called
  std::string choice(const std::string& key, const std::vector<std::string>& known,
                     const std::string& singular, const std::string& plural);
  /// The items of a list; none when it is missing and may be.
  std::vector<const YamlNode*> list(const std::string& key, std::size_t least, std::size_t most,
                                    bool required, const std::string& items);

  /// Reports the keys that were not asked for.
  void finish();

 private:
  struct Entry {
    const YamlNode* key;
    const YamlNode* value;
  };

  void report_unknown(const Entry& entry);
  void report_missing(const std::string& key, const std::string& expected);

  std::string path_;
  const YamlNode& node_;
  DefinitionProblems& problems_;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;  ///< keys asked for
};

}  // namespace wrcor
