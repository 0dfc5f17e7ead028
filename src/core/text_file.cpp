#include "core/text_file.h"

#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/file.h"
#include "core/utf8.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t mebibyte = 1 << 20;
  return bytes % mebibyte == 0 ? std::to_string(bytes / mebibyte) + " MiB"
                               : std::to_string(bytes) + " bytes";
}

/// @param name  of a file of which only a part could be read
[[noreturn]] void fail_to_read(const std::string& name) {
  const std::string why = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
  throw DataError("cannot read " + in_quotes(name) + " to its end" + why);
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::uint64_t longest) {
  InputFile stream = open_to_read(path);
  const auto reject = [&path](const std::string& found) {
    throw DataError(path.string() + ": found " + found + ", expected a text file in UTF-8");
  };
  errno = 0;
  std::string content;
  std::string block(1 << 16, '\0');
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())),
         stream.gcount() > 0) {
    const std::string_view added(block.data(), static_cast<std::size_t>(stream.gcount()));
    if (added.find('\0') != added.npos) reject("NUL bytes");
    if (content.size() + added.size() > longest) reject("more than " + size_text(longest));
    content += added;
  }
  if (stream.bad()) fail_to_read(path.string());
  if (!is_utf8(content)) reject("bytes that are not UTF-8");
  if (content.starts_with(byte_order_mark)) content.erase(0, byte_order_mark.size());
  return content;
}

LineReader::LineReader(std::istream& stream, std::string name)
    : stream_(stream), name_(std::move(name)) {}

bool LineReader::next() {
  line_.resize(longest_line + 1);
  errno = 0;
  stream_.getline(line_.data(), static_cast<std::streamsize>(line_.size()));
  if (stream_.bad()) fail_to_read(name_);
  const bool is_last = stream_.eof();
  if (is_last && stream_.gcount() == 0) return false;
  ++number_;
  if (stream_.fail()) {
    throw DataError(place() + ": found a line of more than " + std::to_string(longest_line) +
                    " bytes, expected lines of text");
  }
  line_.resize(static_cast<std::size_t>(stream_.gcount()) - (is_last ? 0 : 1));
  if (line_.find('\0') != line_.npos) {
    throw DataError(place() + ": found NUL bytes, expected lines of text in UTF-8");
  }
  if (number_ == 1 && line_.starts_with(byte_order_mark)) line_.erase(0, byte_order_mark.size());
  return true;
}

std::string LineReader::place() const { return name_ + ":" + std::to_string(number_); }

}  // namespace wrcor
