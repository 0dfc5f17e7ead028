#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <string>

namespace wrcor {

/// Reads a dictionary name -> tensor (or parameter), plain or an OrderedDict, that Python wrote
/// with `torch.save` (PyTorch 1.6 or later: a zip archive of less than 4 GiB), or a file of
/// safetensors of at most 4 GiB; the content tells which. The pickle in an archive is read as data:
/// no code that it names is run. No tensor takes more memory than the file has bytes.
///
/// @return dense tensors on the CPU, without gradient history, of the shapes and types that were
/// saved
/// @throws DataError, one line, when the file is missing, truncated, of neither kind, or holds
///         anything but a dictionary of dense tensors
std::map<std::string, at::Tensor> load_tensor_file(const std::filesystem::path& path);

/// The same for the content of such a file. @param name  for messages
std::map<std::string, at::Tensor> parse_tensor_file(std::string bytes, const std::string& name);

/// The weights of a network as training programs save them: such a dictionary, or a checkpoint that
/// contains it as `state_dict`, `model_state_dict`, `model`, `net` or `network`. For a checkpoint
/// the names begin with that key and a dot, a prefix that StateDict removes.
/// @throws DataError as load_tensor_file() does, and for a checkpoint of this program's trainings
std::map<std::string, at::Tensor> load_weights_file(const std::filesystem::path& path);
std::map<std::string, at::Tensor> parse_weights_file(std::string bytes, const std::string& name);

/// The tensor that marks a file as a checkpoint of this program's trainings.
inline constexpr const char* training_mark = "run";

/// Writes a dictionary name -> tensor that Python's `torch.load` (PyTorch 1.6 or later, also with
/// `weights_only=True`) and load_tensor_file() read. Equal tensors give equal bytes. Each tensor is
/// stored separately: those that share memory come back as copies.
///
/// @param tensors  dense, of any device
/// @throws RunError when it cannot be written; an old file is unchanged then
void save_tensor_file(const std::filesystem::path& path,
                      const std::map<std::string, at::Tensor>& tensors);

/// The content of such a file.
std::string format_tensor_file(const std::map<std::string, at::Tensor>& tensors);

/// The content of a file of safetensors, which load_tensor_file() and Python's `safetensors` read.
/// Equal tensors give equal bytes.
/// @param tensors   dense, of any device; of real numbers, integers or bool
/// @param metadata  of the file
std::string format_safetensors(const std::map<std::string, at::Tensor>& tensors,
                               const std::map<std::string, std::string>& metadata);

}  // namespace wrcor
