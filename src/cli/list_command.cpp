#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "core/json_schema_parts.h"
#include "core/processor.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "options.h"
#include "output.h"
#include "schemas.h"
#include "score/batching.h"
#include "wrcor/data/builtin.h"
#include "wrcor/score/proxies.h"
#include "wrcor/score/votes.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/builtin.h"

namespace wrcor::cli {
namespace {

struct ListOptions {
  std::string kind;  ///< empty: all
  std::string format = "table";
};

struct Listing {
  std::string kind;
  std::vector<std::vector<std::string>> rows;  ///< name, summary
};

template <typename Factory>
Listing listing_of(const std::string& kind, const Registry<Factory>& registry) {
  Listing listing{kind, {}};
  for (const auto& entry : registry.entries()) listing.rows.push_back({entry.name, entry.summary});
  return listing;
}

Listing proxy_listing() {
  Listing listing = listing_of("proxies", proxies());
  for (auto& row : listing.rows) {
    if (!is_batched(row[0])) row[1] += " (never in batches)";
  }
  return listing;
}

Listing device_listing(const std::vector<std::string>& names) {
  Listing listing{"devices", {}};
  for (const std::string& name : names) {
    const bool is_cpu = name == "cpu";
    listing.rows.push_back({name, is_cpu
                                      ? "processor, usable cores: " + std::to_string(usable_cores())
                                      : "CUDA device"});
  }
  return listing;
}

Listing make_listing(const std::string& kind, const DeviceNames& devices) {
  if (kind == "proxies") return proxy_listing();
  if (kind == "votes") return listing_of(kind, votes());
  if (kind == "methods") return listing_of(kind, vote_methods());
  if (kind == "spaces") return listing_of(kind, spaces());
  if (kind == "strategies") return listing_of(kind, strategies());
  if (kind == "datasets") return listing_of(kind, datasets());
  return device_listing(devices());
}

std::vector<std::string> kinds() {
  return {"proxies", "votes", "methods", "spaces", "strategies", "datasets", "devices"};
}

std::string as_json(const std::vector<Listing>& listings) {
  nlohmann::ordered_json document{{"schema_version", schema_version::list}};
  for (const Listing& listing : listings) {
    auto& entries = document[listing.kind] = nlohmann::ordered_json::array();
    for (const auto& row : listing.rows) entries.push_back({{"name", row[0]}, {"summary", row[1]}});
  }
  return document.dump(2) + "\n";
}

std::string as_table(const std::vector<Listing>& listings) {
  if (listings.size() == 1) return format_table({}, listings[0].rows);
  std::string text;
  for (const Listing& listing : listings) {
    if (!text.empty()) text += "\n";
    text += listing.kind + "\n" + format_table({}, listing.rows, 2);
  }
  return text;
}

void run_list(const ListOptions& options, const DeviceNames& devices) {
  std::vector<Listing> listings;
  for (const std::string& kind : kinds()) {
    if (options.kind.empty() || options.kind == kind)
      listings.push_back(make_listing(kind, devices));
  }
  write_output(options.format == "json" ? as_json(listings) : as_table(listings));
}

}  // namespace

void setup_list(CLI::App& command, const DeviceNames& devices) {
  auto options = std::make_shared<ListOptions>();
  add_choice(command, "kind", options->kind, kinds(), "what to list; all when not given");
  add_choice(command, "--format", options->format, {"table", "json"}, "form of the output");
  set_example(command, "wrcor list proxies --format json");
  set_action(command, [options, devices] { run_list(*options, devices); });
}

nlohmann::ordered_json list_schema() {
  using namespace json_schema_parts;
  const Schema entries = array(object({{"name", text()}, {"summary", text()}}));
  std::vector<Member> members{{"schema_version", constant(schema_version::list)}};
  for (const char* kind :
       {"proxies", "votes", "methods", "spaces", "strategies", "datasets", "devices"})
    members.push_back({kind, entries, /*required=*/false});
  return document("list", schema_version::list, "What wrcor list --format json prints",
                  object(members));
}

}  // namespace wrcor::cli
