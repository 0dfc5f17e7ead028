#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// Scores of architectures by name, usually that of a proxy, joined from several files.
class ScoreTable {
 public:
  /// @param space  outlives the table
  explicit ScoreTable(const SearchSpace& space) : space_(space) {}

  /// The score that a file has for one architecture.
  struct Record {
    struct Figure {
      std::optional<double> value = {};  ///< finite
      std::optional<double> log10 = {};
    };
    std::string arch;      ///< in any form that the space reads
    std::size_t line = 0;  ///< from 1; 0 in a result.json
    std::string settings;  ///< identity of those that the scores were made with; empty: not stated
    bool failed = false;   ///< says nothing about the architecture
    std::vector<std::pair<std::string, Figure>> scores = {};
  };

  /// Records come from this file from here on. @param name  of the file, for messages
  void begin_file(const std::string& name) { files_.push_back(name); }
  /// @throws DataError for a text that is not an architecture; for an architecture that already has
  /// another score of that name
  void add(const Record& record);

  /// The table's entry for one architecture and one name.
  struct Entry {
    /// Finite; nothing: the score is undefined, or only its logarithm can be represented.
    std::optional<double> value;
    std::size_t file = 0;              ///< which of the files, from 0
    std::size_t line = 0;              ///< from 1; 0 in a result.json
    std::optional<double> log10 = {};  ///< if the file has it
  };

  /// Rows that were omitted because the evaluation failed.
  std::size_t failed() const { return failed_; }
  /// The names of the scores, in the order in which they were met.
  const std::vector<std::string>& names() const { return names_; }
  /// The architectures, as SearchSpace::format() writes them, sorted.
  std::vector<std::string> archs() const;
  /// @return null when the architecture was not scored under that name
  const Entry* find(const std::string& arch, const std::string& name) const;
  /// The value that orders the scores of a name: their values, or their logarithms if one of them
  /// has only that. Nothing when the architecture's score is undefined or missing.
  std::optional<double> order(const std::string& arch, const std::string& name) const;
  /// Identities of the settings of the scores of a name, if the files state them.
  const std::set<std::string>& settings(const std::string& name) const;
  /// The files with scores of a name, and those of them that do not state their settings.
  struct Sources {
    std::set<std::string> files;
    std::set<std::string> without_settings;
  };
  const Sources& sources(const std::string& name) const { return sources_.at(name); }

 private:
  void add_score(const std::string& arch, const std::string& name, const Entry& entry,
                 const std::string& settings);
  std::string formatted(const std::string& arch, std::size_t line) const;
  std::string place(const Entry& entry) const;

  const SearchSpace& space_;
  std::size_t failed_ = 0;
  std::vector<std::string> files_;
  std::vector<std::string> names_;
  std::map<std::string, std::map<std::string, Entry>> rows_;  ///< by architecture, by name
  std::map<std::string, std::set<std::string>> settings_;     ///< by name
  std::map<std::string, Sources> sources_;                    ///< by name
  std::set<std::string> beyond_double_;  ///< names with a score that has only a logarithm
};

}  // namespace wrcor
