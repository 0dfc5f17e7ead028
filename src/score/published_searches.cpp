#include "score/published_searches.h"

namespace wrcor {
namespace {

constexpr std::string_view table_5 = "NAS-Bench-201, table 5 (arXiv 2001.00326v2)";

/// Searches on CIFAR-10, those that train cells for 12,000 simulated seconds.
constexpr PublishedSearch searches[] = {
    {"REA", false, {93.92, 71.84, 45.54}, table_5},
    {"RS", false, {93.70, 71.04, 44.57}, table_5},
    {"REINFORCE", false, {93.85, 71.71, 45.24}, table_5},
    {"BOHB", false, {93.61, 70.85, 44.42}, table_5},
    {"RSPS", true, {84.07, 52.31, 26.28}, table_5},
    {"RSPS, statistics of batches", true, {87.66, 58.33, 31.14}, table_5},
    {"DARTS-V1, DARTS-V2", true, {54.30, 15.61, 16.32}, table_5},
    {"GDAS", true, {93.61, 70.70, 41.71}, table_5},
    {"SETN", true, {87.64, 59.05, 32.52}, table_5},
    {"ENAS", true, {53.89, 13.96, 14.84}, table_5},
    {"ResNet", false, {93.97, 70.86, 43.63}, table_5},
};

}  // namespace

std::span<const PublishedSearch> published_searches() { return searches; }

}  // namespace wrcor
