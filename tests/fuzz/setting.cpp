// Flags and environment variables: the first byte says which setting, the rest is its text.
#include "support/property.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Setting& setting = settings()[data[0] % settings().size()];
  const std::string_view text = fuzz::text_of(data, size).substr(1);
  fuzz::accepts([&] {
    const ReadValue read = read_text(setting, text);
    if (!read.problem.empty()) throw UsageError(setting.flag + ": " + read.problem);
    Config config;
    setting.set(config, read.value);
    const ReadValue again = read_value(setting, setting.get(config));
    fuzz::require(again.problem.empty(), "the value that a text stands for is accepted");
    fuzz::require(!to_json(config).dump().empty(), "a configuration can be written");
  });
  return 0;
}
