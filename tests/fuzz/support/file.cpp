#include "file.h"

#include <fstream>

#include "property.h"

namespace wrcor::fuzz {

InputFile::InputFile(const std::string& name) {
  std::string folder = "/dev/shm/wrcor-fuzz-XXXXXX";
  require(::mkdtemp(folder.data()) != nullptr, "there is a folder for the input");
  path_ = std::filesystem::path(folder) / name;
}

InputFile::~InputFile() { std::filesystem::remove_all(path_.parent_path()); }

void InputFile::write(std::string_view content) const {
  std::ofstream stream(path_, std::ios::binary | std::ios::trunc);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  require(stream.good(), "the input can be written");
}

}  // namespace wrcor::fuzz
