#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "wrcor/core/file.h"
#include "wrcor/core/file_lock.h"
#include "wrcor/report/score_report.h"

namespace wrcor {

/// The settings that the first score of a file was made with; nothing when there is none.
std::optional<std::string> settings_in(const std::filesystem::path& path, const ScoreLines& form);

/// A file of scores that grows by one line an architecture, each on the disk when append() returns;
/// an existing file is continued. An incomplete last line, the trace of a crash, is cut off. While
/// the object lives no other process writes the file.
class ScoreFile {
 public:
  /// @param form      the file's form; outlives this object
  /// @param settings  identity of how the scores are made
  /// @throws UsageError when the file holds scores of other settings, damage or something else, or
  /// is being written by another process; RunError
  ScoreFile(const std::filesystem::path& path, ScoreLines& form, const std::string& settings);

  bool holds(const std::string& arch) const { return known_.contains(arch); }
  void append(const std::string& arch, const Evaluation& evaluation);

 private:
  void read_existing(const std::filesystem::path& path, const std::string& settings);

  ScoreLines& form_;
  std::set<std::string> known_;
  std::optional<FileLock> lock_;  ///< none for pipes and devices
  AppendOnlyFile file_;
};

}  // namespace wrcor
