// A file descriptor owned by type: move-only, closed once, close-on-exec at birth.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <vethwork/base/result.hpp>

namespace vethwork {

class Fd {
public:
    Fd() = default;
    /// Takes over `number`; it must be open, and nobody else may close it.
    explicit Fd(int number) : number_(number) {}
    Fd(Fd&& other) noexcept : number_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept;
    Fd(Fd const&) = delete;
    Fd& operator=(Fd const&) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    /// Gives the number away; the caller closes it.
    [[nodiscard]] int release();
    void reset();
    /// A second descriptor of the same open file (fcntl(2), F_DUPFD_CLOEXEC).
    [[nodiscard]] Result<Fd> duplicate() const;

private:
    int number_ = -1;
};

/// open(2) with O_CLOEXEC added to `flags`.
[[nodiscard]] Result<Fd> open_file(std::string const& path, int flags, unsigned mode = 0644);
/// The whole of a file.
[[nodiscard]] Result<std::string> read_file(std::string const& path);
/// The first bytes of a file: `size`, or fewer where it has not more.
[[nodiscard]] Result<std::string> read_beginning(std::string const& path, std::size_t size);
/// Everything until end of file.
[[nodiscard]] Result<std::string> read_all(int fd);
/// Every byte of `bytes`, also where write(2) takes only a part.
[[nodiscard]] Result<> write_all(int fd, std::string_view bytes);
/// Makes or truncates a file and writes it whole.
[[nodiscard]] Result<> write_file(std::string const& path, std::string_view bytes);

}  // namespace vethwork
