#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace wrcor {

/// The order of a method on one data set as a publication measured it.
struct PublishedFigure {
  std::optional<double> kendall = {};
  std::optional<double> spearman = {};
  std::optional<double> ndcg = {};
};

/// The data sets of NAS-Bench-201, in the order of the figures.
inline constexpr std::array<std::string_view, 3> published_datasets = {"cifar10", "cifar100",
                                                                       "imagenet16"};

/// The place of one of them.
std::size_t dataset_number(std::string_view name);

/// The space that they are of.
inline constexpr std::string_view published_space = "nb201";

/// The figures that a publication reports for a method that ranks the cells of NAS-Bench-201.
struct PublishedMethod {
  std::string_view name;
  /// The population that it was measured on: a name of populations(), or "sample" for cells drawn
  /// from all.
  std::string_view population;
  int architectures = 0;
  bool uses_accuracies = false;  ///< was fitted to, or chosen by, accuracies of trained networks
  std::array<PublishedFigure, published_datasets.size()> figures;
  std::string_view source;
};

/// In no particular order.
std::span<const PublishedMethod> published_methods();

}  // namespace wrcor
