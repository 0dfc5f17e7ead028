#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json_schema_parts.h"
#include "core/seal.h"
#include "record/trial.h"

namespace wrcor {

/// Content of the journal of trials.
struct TrialRecords {
  nlohmann::ordered_json header;             ///< null when the run was killed before it wrote one
  std::vector<std::string> asked;            ///< architectures, by id
  std::map<std::size_t, TrialOutcome> told;  ///< by id
};

/// The authoritative record of a run whose trials another program trains: JSON lines, one per call
/// of `wrcor ask` that gave out new trials and one per call of `wrcor tell`, after a header that
/// identifies the run. A line is on the disk when it counts, as a whole or not at all, and has a
/// check that covers it and all lines before it (see SealedLines). One process at a time.
class TrialJournal {
 public:
  /// Reads a journal, or starts one where the file is missing or empty, and continues it. An
  /// incomplete last line, as a crash leaves it, is cut off and not part of the content.
  /// @throws DataError naming the line when any other line is damaged; UsageError for the journal
  ///         of a search; RunError
  static TrialJournal open(const std::filesystem::path& path, TrialRecords& records);

  /// Identifies the run; once, before the first entry.
  void write_header(const nlohmann::ordered_json& header);

  // None of these is empty.
  void append_asked(const std::vector<Trial>& trials);
  void append_told(const std::vector<TrialOutcome>& outcomes);

 private:
  explicit TrialJournal(const std::filesystem::path& path);

  std::unique_ptr<AppendOnlyFile> file_;
  SealedLines lines_;
};

/// JSON Schema of the lines after the header, by their only member besides the check.
json_schema_parts::Schema asked_entry_schema();
json_schema_parts::Schema told_entry_schema();

}  // namespace wrcor
