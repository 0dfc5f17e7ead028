#include "core/schema_version.h"

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {

int read_schema_version(const nlohmann::ordered_json& document, int newest,
                        const std::string& place) {
  const auto found = document.find("schema_version");
  if (found == document.end()) return 1;
  for (int known = 1; known <= newest; ++known) {
    if (*found == known) return known;
  }
  const std::string expected = newest == 1 ? "1" : "1 to " + std::to_string(newest);
  throw DataError(place + ": schema_version: expected " + expected + ", got " +
                  in_quotes(found->dump()) +
                  "; a newer program may have written this: update wrcor");
}

}  // namespace wrcor
