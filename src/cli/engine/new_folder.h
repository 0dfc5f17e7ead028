#pragma once

#include <filesystem>
#include <string>

#include "core/file.h"

namespace wrcor::cli {

/// The folder that a command writes its run into: the one that --out names, which the run makes, or
/// a new one, "runs/20260131-142501-NAME", with "-2" and so on appended if that exists. A new one
/// that stays empty is removed with the object.
class NewFolder {
 public:
  /// @param out  of the command line; empty: none @throws UsageError when it is a file; RunError
  NewFolder(const std::string& out, const std::string& name);

  const std::filesystem::path& path() const { return path_; }

 private:
  CreatedFolders all_;  ///< removed after the one in it
  std::filesystem::path path_;
  CreatedFolders made_;
};

}  // namespace wrcor::cli
