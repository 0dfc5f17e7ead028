#pragma once

#include <string>
#include <vector>

#include "cell_operation.h"
#include "space/plan_builder.h"

namespace wrcor {

/// An edge of a cell and what it does.
struct CellEdge {
  int source = 0;
  int target = 0;  ///< greater than the source
  CellOperation operation;
};

/// The network that NAS-Bench-201 and similar benchmarks stack cells into: a stem, cells and
/// reductions in any order, a head. Names, units and responses are those of the published
/// implementation.
class CellNetwork {
 public:
  CellNetwork(const FeatureShape& images, int channels);

  /// Adds a cell.
  /// @param edges     by target, then by source; all with the last node as a target or before it
  /// @param nodes     2 or more: 0 is the cell's input, the last one its output
  /// @param channels  of every node but the input; edges from the input change the width
  void add_cell(const std::vector<CellEdge>& edges, int nodes, int channels);
  /// Adds a residual block that halves height and width.
  void add_reduction(int channels);
  /// Adds the layers after the last cell.
  NetworkPlan finish(int classes) &&;

 private:
  int add_operation(const CellOperation& operation, int source, int channels,
                    const std::string& path);
  int pool(const CellOperation& operation, int source, int channels, const std::string& path);
  int convolve(int from, int channels, int kernel, int stride, const std::string& path);
  int convolve_separably(int from, int channels, int kernel, const std::string& path);
  void record_block(int from, int activated, int normalised);
  int project(int from, int channels, const std::string& path);
  std::string cell_path() const { return "cells." + std::to_string(unit_); }
  void end_cell(int output);

  PlanBuilder builder_;
  int last_ = 0;  ///< the layer that gives the output so far
  int unit_ = 0;  ///< of the next cell
};

}  // namespace wrcor
