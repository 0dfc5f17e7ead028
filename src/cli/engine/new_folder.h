#pragma once

#include <filesystem>
#include <string>

namespace wrcor::cli {

/// Makes a folder that did not exist before: "runs/20260131-142501-NAME", with "-2" and so on
/// behind it when that is taken. @throws RunError
std::filesystem::path new_folder(const std::string& name);

}  // namespace wrcor::cli
