#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <string>

namespace wrcor {

/// Reads a plain dictionary name -> tensor (or parameter) that Python wrote with `torch.save`
/// (PyTorch 1.6 or later: a zip archive of less than 4 GiB). The pickle in it is read as data:
/// nothing that it names is run. No tensor takes more memory than the file has bytes.
///
/// @return dense tensors on the CPU, without gradient history, of the shapes and types that were
/// saved
/// @throws DataError, one line, when the file is missing, cut short, no such archive, or holds
/// anything else than
///         a plain dictionary of dense tensors
std::map<std::string, at::Tensor> load_tensor_file(const std::filesystem::path& path);

/// The same for the content of such a file. @param name  for messages
std::map<std::string, at::Tensor> parse_tensor_file(std::string bytes, const std::string& name);

}  // namespace wrcor
