#pragma once

#include <exception>
#include <vector>

#include "core/out_of_memory.h"
#include "proxy/requirements.h"
#include "wrcor/core/error.h"

namespace wrcor {

/// The measurements that could not be made, and why. An error affects only the measurements that it
/// concerns.
class Failures {
 public:
  /// Runs work. What it throws fails the measurements that it serves, except a refused request for
  /// memory and an Error, which concern all of them and are passed on.
  /// @return whether it succeeded
  template <typename Work>
  bool attempt(Requirements serves, const Work& work) {
    try {
      work();
      return true;
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      if (as_out_of_memory(error)) throw;
      all_.push_back({serves, std::current_exception()});
      return false;
    }
  }

  /// Whether one of the measurements has failed.
  bool any_of(Requirements needs) const {
    for (const Failure& failure : all_) {
      if ((failure.needs & needs).any()) return true;
    }
    return false;
  }

  /// Throws the first error because of which one of the measurements failed.
  void rethrow(Requirements needs) const {
    for (const Failure& failure : all_) {
      if ((failure.needs & needs).any()) std::rethrow_exception(failure.error);
    }
  }

 private:
  struct Failure {
    Requirements needs;
    std::exception_ptr error;
  };
  std::vector<Failure> all_;
};

}  // namespace wrcor
