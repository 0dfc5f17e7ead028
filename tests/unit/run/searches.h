#pragma once

#include <filesystem>
#include <string>

#include "core/file.h"
#include "run/search_run.h"
#include "support/catch.h"
#include "support/document_check.h"
#include "support/small_config.h"
#include "wrcor/config/run_spec.h"

namespace wrcor::test {

/// An evolution of 40 proposals with four in flight.
inline Config small_search() {
  Config config = small_config();
  config.search.budget = 40;
  config.search.options["population"] = 10;
  config.search.options["tournament"] = 3;
  config.search.window = 4;
  return config;
}

/// result.json without its timing.
inline std::string result_of(const std::filesystem::path& folder) {
  auto json = nlohmann::ordered_json::parse(read_file(folder / "result.json"));
  CHECK(std::prev(json.end()).key() == "timing");
  json.erase("timing");
  return json.dump(1);
}

/// Runs a search, checks what it leaves, and returns result_of() its folder.
inline std::string search(const Config& config, const std::filesystem::path& folder,
                          bool resume = false) {
  run_search(resolve(config), {folder}, resume, {});
  CHECK(folder_violations(folder) == std::vector<std::string>{});
  return result_of(folder);
}

}  // namespace wrcor::test
