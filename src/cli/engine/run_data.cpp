#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "../output.h"
#include "core/table.h"
#include "core/utf8.h"
#include "data/cache_folder.h"
#include "data/fetch.h"
#include "report/download_progress.h"
#include "run/data_fetch.h"
#include "runs.h"
#include "wrcor/core/error.h"
#include "wrcor/data/builtin.h"

namespace wrcor::cli {
namespace {

namespace fs = std::filesystem;

/// The state of a data set in the cache folder.
struct DataState {
  std::string name;
  std::string state;  ///< "ready", "partial" (a download that did not end), "missing", "damaged"
  std::optional<std::int64_t> images;
  std::optional<std::uint64_t> bytes;
  fs::path path;
  std::string remedy;  ///< how to make it ready; empty if it is
};

DataState state_of_files(const std::string& name, const Dataset& dataset) {
  DataState state{name, "ready", dataset.size(), {}, {}, {}};
  if (dataset.files().empty()) return state;
  state.path = dataset.files().front().parent_path();
  state.bytes = 0;
  for (const fs::path& file : dataset.files()) *state.bytes += fs::file_size(file);
  return state;
}

DataState state_without_files(const std::string& name, const DatasetKind& kind) {
  if (!kind.source) return {name, "missing", {}, {}, {}, kind.origin};
  const fs::path part = partial_download(*kind.source, cache_folder());
  std::error_code none;
  const std::uintmax_t bytes = fs::file_size(part, none);
  const std::string remedy = "wrcor data fetch " + name;
  if (none) return {name, "missing", {}, {}, {}, remedy};
  return {name, "partial", {}, bytes, part, remedy};
}

DataState state_of(const std::string& name, const DatasetKind& kind) {
  try {
    return state_of_files(name, *kind.open({}));
  } catch (const MissingDataError&) {
    return state_without_files(name, kind);
  } catch (const UsageError&) {  // its place is chosen by the user, never the cache folder
    return state_without_files(name, kind);
  } catch (const DataError& problem) {
    return {name, "damaged", {}, {}, {}, problem.what()};
  }
}

std::string as_json(const std::vector<DataState>& states) {
  using nlohmann::ordered_json;
  ordered_json document{{"cache", printable(cache_folder().string())},
                        {"datasets", ordered_json::array()}};
  const auto or_null = [](const auto& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  };
  for (const DataState& state : states) {
    ordered_json entry{{"name", state.name},
                       {"state", state.state},
                       {"images", or_null(state.images)},
                       {"bytes", or_null(state.bytes)},
                       {"path", nullptr},
                       {"remedy", nullptr}};
    if (!state.path.empty()) entry["path"] = printable(state.path.string());
    if (!state.remedy.empty()) entry["remedy"] = state.remedy;
    document["datasets"].push_back(entry);
  }
  return document.dump(2) + "\n";
}

std::string as_table(const std::vector<DataState>& states) {
  std::vector<std::vector<std::string>> rows;
  for (const DataState& state : states) {
    rows.push_back({state.name, state.state, state.images ? std::to_string(*state.images) : "",
                    state.bytes ? std::to_string(*state.bytes) : "",
                    state.path.empty() ? state.remedy : state.path.string()});
  }
  return format_table({"name", "state", "images", "bytes", "path, or what to do"}, rows);
}

}  // namespace

void run_data_fetch(const DataFetchOptions& options) {
  const Config config = load_config(options.sources);
  for (const std::string& name : options.names) {
    const DatasetKind& kind = datasets().find(name).value;
    if (!kind.source) throw UsageError("'" + name + "' cannot be fetched: " + kind.origin);
  }
  for (const std::string& name : options.names) {
    const DataSource& source = *datasets().find(name).value.source;
    write_output(fetch_data(source, config, download_progress()).string() + "\n");
  }
}

void run_data_info(const DataInfoOptions& options) {
  std::vector<DataState> states;
  for (const auto& entry : datasets().entries()) {
    states.push_back(state_of(entry.name, entry.value));
  }
  write_output(options.format == "json" ? as_json(states) : as_table(states));
}

}  // namespace wrcor::cli
