#pragma once

#include <ATen/ATen.h>

#include <istream>
#include <map>
#include <string>

namespace wrcor {

/// Whether a file may be one of safetensors. @param start  its first nine bytes
bool may_be_safetensors(std::string_view start);

/// @param stream  at its start; must be seekable
/// @throws SafetensorsError
std::map<std::string, at::Tensor> read_safetensors(std::istream& stream);

}  // namespace wrcor
