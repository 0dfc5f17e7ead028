#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/core/file.h"
#include "wrcor/core/seal.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// What a journal holds after it was read back.
struct JournalContent {
  nlohmann::ordered_json header;  ///< null when the run was killed before it wrote one
  std::map<std::string, Evaluation> evaluations;  ///< by architecture, without those that failed
  std::map<std::string, Evaluation> failures;     ///< by architecture: failed, and not done since
  std::map<std::string, Evaluation> refined;      ///< by architecture, of append_refined()
  double elapsed = 0;                             ///< seconds of searching up to the last entry
};

/// When the evaluations of a run were finished.
struct FinishTimes {
  nlohmann::ordered_json header;  ///< of the journal; null where it has none
  /// Architecture and seconds of searching up to then, in the order of the journal.
  std::vector<std::pair<std::string, double>> evaluations;
};

/// JSON Schema of a line of a journal.
nlohmann::ordered_json journal_schema();

/// Reads a journal and changes nothing; an incomplete last line is passed over.
/// @throws DataError as Journal::resume()
FinishTimes read_finish_times(const std::filesystem::path& path);

/// The truth about a run: JSON lines, one a finished evaluation after a header that says what the
/// run is, each on the disk before it counts and each with a check that seals it with all lines
/// before it (see SealedLines). A journal of an older version is gone on with as it was begun.
/// Safe to append to from several threads; of one process at a time.
class Journal {
 public:
  /// Whether a file begins as a journal does, be it with a part of its header only; false where
  /// there is no file, or an empty one. @throws DataError when that cannot be seen
  static bool is_begun(const std::filesystem::path& path);

  /// Starts a new journal, also in place of one that a crash left before its header was complete.
  /// @throws RunError when it cannot be written; UsageError when there is something else.
  static Journal create(const std::filesystem::path& path);

  /// Reads a journal and goes on with it. An incomplete last line, the
  /// trace of a crash, is cut off; the content says nothing of it.
  /// @throws DataError naming the line when any other line is not the one that was written there:
  /// damaged, edited, moved, of another run; when two lines differ on one architecture, or one has
  /// other proxies than the header
  static Journal resume(const std::filesystem::path& path, JournalContent& content);

  /// Says what the run is; once, before the first entry.
  void write_header(const nlohmann::ordered_json& header);

  /// @param elapsed  seconds of searching so far, earlier sittings included
  void append(const std::string& arch, const Evaluation& evaluation, double elapsed);

  /// The same for an architecture that is in the journal, evaluated again with more repeats.
  void append_refined(const std::string& arch, const Evaluation& evaluation, double elapsed);

  /// @throws RunError when append() would, because it has failed or the file is gone.
  void require_intact() const;

 private:
  explicit Journal(const std::filesystem::path& path);
  void append_entry(const nlohmann::ordered_json& entry);

  std::unique_ptr<AppendOnlyFile> file_;
  SealedLines lines_;
  std::unique_ptr<std::mutex> mutex_;
};

}  // namespace wrcor
