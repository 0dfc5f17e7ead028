// Configuration files: accepted values make a configuration whose JSON is accepted, too, and
// reading that JSON gives the same JSON.
#include "config/internal/config_file.h"
#include "support/property.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

Config read(const std::string& text) {
  std::vector<std::string> problems;
  Config config;
  for (const FoundValue& found : read_config_text(text, "input.yaml", problems)) {
    if (found.valid) found.setting->set(config, found.value);
  }
  if (!problems.empty()) throw UsageError(problems);
  return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accepts([&] {
    const std::string written = to_json(read(std::string(fuzz::text_of(data, size)))).dump(2);
    bool read_again = fuzz::accepts(
        [&] { fuzz::require(to_json(read(written)).dump(2) == written, "read(write(x)) == x"); });
    fuzz::require(read_again, "what is written is accepted");
  });
  return 0;
}
