#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/seal.h"
#include "wrcor/core/error.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// Content of a journal that was read back.
struct JournalContent {
  nlohmann::ordered_json header;  ///< null when the run was killed before it wrote one
  std::map<std::string, Evaluation> evaluations;  ///< by architecture, without those that failed
  std::map<std::string, Evaluation> failures;     ///< by architecture: failed, and not redone since
  std::map<std::string, Evaluation> refined;      ///< by architecture, of append_refined()
  double elapsed = 0;                             ///< seconds of searching up to the last entry
};

/// When the evaluations of a run were finished.
struct FinishTimes {
  nlohmann::ordered_json header;  ///< of the journal; null if it has none
  /// Architecture and seconds of searching up to then, in the order of the journal.
  std::vector<std::pair<std::string, double>> evaluations;
};

/// JSON Schema of a line of a journal, also of one of trials.
nlohmann::ordered_json journal_schema();

/// The error in a line of a journal.
/// @param number    of the line, from 1
/// @param start     its first byte in the file
/// @param expected  "a journal line, found damage"
DataError damaged_journal(const std::filesystem::path& path, std::size_t number, std::size_t start,
                          const std::string& expected);

/// Reads a journal and changes nothing; an incomplete last line is ignored.
/// @throws DataError as Journal::resume()
FinishTimes read_finish_times(const std::filesystem::path& path);

/// A journal as a whole.
struct WholeJournal {
  JournalContent content;
  std::vector<nlohmann::ordered_json> entries;  ///< the lines after the header, without checks
};

/// Reads a journal and changes nothing; an incomplete last line is ignored.
/// @throws DataError as Journal::resume()
WholeJournal read_journal(const std::filesystem::path& path);

/// Writes a whole journal in one step, replacing a file that may exist.
/// @param entries  as of WholeJournal @throws RunError
void write_journal(const std::filesystem::path& path, const nlohmann::ordered_json& header,
                   const std::vector<nlohmann::ordered_json>& entries);

/// The authoritative record of a run: JSON lines, one per finished evaluation after a header that
/// identifies the run. Each line is on the disk before it counts, and has a check that covers it
/// and all lines before it (see SealedLines). A journal of an older version is continued in its
/// format. Several threads may append, of one process at a time.
class Journal {
 public:
  /// Whether a file begins like a journal, possibly with only a part of its header; false if the
  /// file is missing or empty. @throws DataError when this cannot be determined
  static bool is_begun(const std::filesystem::path& path);

  /// Starts a new journal, also instead of one that a crash left before its header was complete.
  /// @throws RunError when it cannot be written; UsageError when the file is something else.
  static Journal create(const std::filesystem::path& path);

  /// Reads a journal and continues it. An incomplete last line, as a crash leaves it, is cut off
  /// and not part of the content.
  /// @throws DataError naming the line when any other line fails its check (damaged, edited, moved,
  /// of another run); when two lines contradict each other on one architecture, or one has other
  /// proxies than the header; UsageError for the journal of trials
  static Journal resume(const std::filesystem::path& path, JournalContent& content);

  /// Identifies the run; once, before the first entry.
  void write_header(const nlohmann::ordered_json& header);

  /// @param elapsed  seconds of searching so far, earlier sessions included
  void append(const std::string& arch, const Evaluation& evaluation, double elapsed);

  /// The same for several, which are flushed to the disk together.
  void append_all(const std::vector<std::string>& archs, const std::vector<Evaluation>& evaluations,
                  double elapsed);

  /// As append(), for an architecture that is in the journal, evaluated again with more repeats.
  void append_refined(const std::string& arch, const Evaluation& evaluation, double elapsed);

  /// @throws RunError when append() would, because it has failed or the file was removed.
  void require_intact() const;

 private:
  explicit Journal(const std::filesystem::path& path);
  void append_entries(const std::vector<nlohmann::ordered_json>& entries);

  std::unique_ptr<AppendOnlyFile> file_;
  SealedLines lines_;
  std::unique_ptr<std::mutex> mutex_;
};

}  // namespace wrcor
