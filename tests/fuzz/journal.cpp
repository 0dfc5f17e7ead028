// Journals: each line of the input is the body of an entry and gets its checksum, so that entries
// are reached; a journal that is read can be appended to and read again as the same.
#include "record/journal.h"

#include "core/hash.h"
#include "support/file.h"
#include "support/property.h"

using namespace wrcor;

namespace {

std::string sealed(std::string_view body) {
  std::string text = "{" + std::string(body);
  return R"({"check":")" + sha256_hex(text).substr(0, 16) + "\"," + std::string(body) + "\n";
}

std::string journal_of(std::string_view text) {
  std::string journal;
  for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    journal += sealed(text.substr(0, end));
  }
  return journal.append(text);  // incomplete
}

std::string summary(const JournalContent& content) {
  std::string text = content.header.dump();
  for (const auto& [arch, evaluation] : content.evaluations) {
    text += nlohmann::json(arch).dump() + to_json(evaluation).dump();
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::InputFile file("journal.jsonl");
  const std::string_view text = fuzz::text_of(data, size);
  for (const std::string& journal : {std::string(text), journal_of(text)}) {
    file.write(journal);
    fuzz::accepts([&] {
      JournalContent first, second;
      Journal::resume(file.path(), first);
      Journal::resume(file.path(), second);
      fuzz::require(summary(first) == summary(second), "what is read is read again");
    });
  }
  return 0;
}
