#pragma once

#include <string>
#include <vector>

#include "export/exported_network.h"
#include "wrcor/core/registry.h"

namespace wrcor {

/// A form in which a network leaves the program.
struct ExportFormat {
  bool is_source = false;  ///< text without weights; else a file that has them
  /// The content of the file. Equal networks give equal bytes. @throws UsageError for a space that
  /// the format does not know
  std::string (*content)(const ExportedNetwork&) = nullptr;
  /// The other files of a folder that has this file under the name `name_in_folder`; nothing: the
  /// format is a single file.
  std::vector<ExportedFile> (*companions)(const ExportedNetwork&) = nullptr;
  const char* name_in_folder = nullptr;
};

/// The formats by name.
const Registry<ExportFormat>& export_formats();

}  // namespace wrcor
