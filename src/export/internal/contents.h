#pragma once

#include <string>

#include "export/exported_network.h"

// One function a format, see formats.h.
namespace wrcor {

std::string torchscript_module(const ExportedNetwork& network);
std::string weights_file(const ExportedNetwork& network);
std::string python_module(const ExportedNetwork& network);

}  // namespace wrcor
