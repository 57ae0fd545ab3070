#include <vethwork/lab/run_folder.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include <vethwork/base/fd.hpp>

namespace vethwork::lab {

namespace {

namespace fs = std::filesystem;

/// Shows one entry of the old /run, behind descriptor `old`, at the same place of the new one.
void show_again(int old, std::string const& name) {
    struct stat facts;
    if (::fstatat(old, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
    std::string const to = "/run/" + name;
    if (S_ISLNK(facts.st_mode)) {
        char target[4096];
        auto const size = ::readlinkat(old, name.c_str(), target, sizeof target - 1);
        if (size > 0)
            (void)!::symlink(std::string(target, static_cast<std::size_t>(size)).c_str(), to.c_str());
        return;
    }
    if (S_ISDIR(facts.st_mode))
        ::mkdir(to.c_str(), 0755);
    else
        (void)open_file(to, O_WRONLY | O_CREAT, 0644);
    Fd const tree(static_cast<int>(
        ::syscall(SYS_open_tree, old, name.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)));
    if (tree.is_open())
        ::syscall(SYS_move_mount, tree.get(), "", AT_FDCWD, to.c_str(), MOVE_MOUNT_F_EMPTY_PATH);
}

}  // namespace

Result<> cover_run(std::string_view except) {
    Fd const old = TRY(open_file("/run", O_PATH | O_DIRECTORY));
    Fd const listed = TRY(open_file("/run", O_RDONLY | O_DIRECTORY));
    if (::mount("tmpfs", "/run", "tmpfs", 0, "mode=755") != 0) return system_error("mount tmpfs at /run");
    std::unique_ptr<DIR, int (*)(DIR*)> const folder(::fdopendir(::dup(listed.get())), ::closedir);
    while (auto const* const entry = folder ? ::readdir(folder.get()) : nullptr) {
        std::string const name = entry->d_name;
        if (name != "." && name != ".." && name != except) show_again(old.get(), name);
    }
    return {};
}

bool make_place_in_run(std::string const& like, std::string const& place) {
    std::string const in_run = place.starts_with("/var/run/") ? place.substr(4) : place;
    if (!in_run.starts_with("/run/")) return false;
    static bool is_covered = false;  // of this process, which has a mount namespace of its own
    if (!is_covered && !cover_run()) return false;
    is_covered = true;
    std::error_code code;
    if (fs::is_directory(like, code)) return fs::create_directories(in_run, code);
    fs::create_directories(fs::path(in_run).parent_path(), code);
    return open_file(in_run, O_WRONLY | O_CREAT, 0644).ok();
}

}  // namespace vethwork::lab
