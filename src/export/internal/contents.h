#pragma once

#include <string>
#include <vector>

#include "export/exported_network.h"

// One function per format, see formats.h.
namespace wrcor {

std::string torchscript_module(const ExportedNetwork& network);
std::string weights_file(const ExportedNetwork& network);
std::string safetensors_file(const ExportedNetwork& network);
std::string onnx_model(const ExportedNetwork& network);
std::string python_module(const ExportedNetwork& network);

/// The files of a folder besides the weights.
std::vector<ExportedFile> model_folder_files(const ExportedNetwork& network);

}  // namespace wrcor
