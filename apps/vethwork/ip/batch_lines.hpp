// The lines of a batch: comments, quotes, and lines that go on. Source: ip(8), -batch.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::app {

struct BatchLine {
    int number = 0;  ///< of its last line, from 1
    std::vector<std::string> words;
};

class BatchLines {
public:
    /// `before_wait` is called when the next line is not there yet: what is unfinished should not wait for
    /// it.
    BatchLines(int fd, std::function<void()> before_wait) : fd_(fd), before_wait_(std::move(before_wait)) {}

    /// The next line that has words; nothing at the end. A fault of lookup where a quote does not end.
    [[nodiscard]] Result<std::optional<BatchLine>> next();
    /// Whether the last line said that it goes on, and did not; it counts for nothing.
    [[nodiscard]] bool cut_short() const { return cut_short_; }

private:
    [[nodiscard]] Result<std::optional<std::string>> take_line();
    [[nodiscard]] Result<bool> fill();

    int fd_;
    std::function<void()> before_wait_;
    std::string buffer_;
    std::size_t at_ = 0;
    int number_ = 0;
    bool ended_ = false, cut_short_ = false;
};

/// The words of a line: blanks separate, quotes of either kind hold together.
[[nodiscard]] Result<std::vector<std::string>> split_batch_line(std::string_view line);

}  // namespace vethwork::app
