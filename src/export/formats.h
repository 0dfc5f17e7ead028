#pragma once

#include <string>

#include "export/exported_network.h"
#include "wrcor/core/registry.h"

namespace wrcor {

/// A form in which a network leaves the program.
struct ExportFormat {
  bool is_source = false;  ///< text without weights; else an archive that has them
  /// The content of the file. Equal networks give equal bytes. @throws UsageError for a space that
  /// the format does not know
  std::string (*content)(const ExportedNetwork&) = nullptr;
};

/// The formats by name.
const Registry<ExportFormat>& export_formats();

}  // namespace wrcor
