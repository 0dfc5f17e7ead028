#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace wrcor {

/// A fixed number of threads that run tasks in the order of submission.
class WorkerPool {
 public:
  /// @param prepare  run once in every thread before its first task; must not throw
  /// @throws RunError when the system cannot create the threads
  WorkerPool(int workers, const std::function<void()>& prepare);
  /// As stop().
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Drops the tasks that have not started.
  void drop();

  /// Finishes the running tasks, drops the others and ends the threads.
  void stop();

  /// The future gives the task's result or rethrows the task's exception; a dropped task's future
  /// is broken.
  template <typename Task>
  auto submit(Task task) -> std::future<decltype(task())> {
    auto packaged = std::make_shared<std::packaged_task<decltype(task())()>>(std::move(task));
    auto future = packaged->get_future();
    enqueue([packaged] { (*packaged)(); });
    return future;
  }

 private:
  void enqueue(std::function<void()> task);
  void work(const std::function<void()>& prepare);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wrcor
