/* What the kernel itself asks for: one send() per member and frame, and a reader that keeps the sockets empty.
 *
 *   fanout sink PORT MEMBERS              connect, read until everything is closed, print the bytes read
 *   fanout loop MEMBERS FRAMES SIZE       send FRAMES frames to MEMBERS loopback sockets, print microseconds of CPU per send
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int sink(int port, int members) {
    struct sockaddr_in address = loopback(port);
    int poller = epoll_create1(0), open_ones = members;
    long long bytes = 0;
    static char buffer[1 << 16];
    for (int i = 0; i < members; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
        fcntl(fd, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    }
    while (open_ones > 0) {
        struct epoll_event events[512];
        int ready = epoll_wait(poller, events, 512, -1);
        for (int i = 0; i < ready; i++) {
            ssize_t size = recv(events[i].data.fd, buffer, sizeof buffer, 0);
            if (size > 0) bytes += size;
            if (size == 0 || (size < 0 && errno != EAGAIN)) {
                close(events[i].data.fd);
                open_ones--;
            }
        }
    }
    printf("%lld\n", bytes);
    return 0;
}

static void send_whole(int fd, const char *frame, int size) {
    while (send(fd, frame, size, MSG_NOSIGNAL) < 0) {
        if (errno != EAGAIN) fail("send");
        struct pollfd waiting = {.fd = fd, .events = POLLOUT};
        poll(&waiting, 1, -1);
    }
}

static double cpu_microseconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static int loop(int members, int frames, int size) {
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, buffer = 32 * 1024;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    if (fork() == 0) {
        freopen("/dev/null", "w", stdout);
        exit(sink(ntohs(address.sin_port), members));
    }
    int *fds = calloc(members, sizeof *fds);
    for (int i = 0; i < members; i++) {
        fds[i] = accept(listener, NULL, NULL);
        if (fds[i] < 0) fail("accept");
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
        setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    }
    char *frame = calloc(1, size);
    double before = cpu_microseconds();
    for (int f = 0; f < frames; f++)
        for (int i = 0; i < members; i++) send_whole(fds[i], frame, size);
    printf("%.4f\n", (cpu_microseconds() - before) / ((double)frames * members));
    for (int i = 0; i < members; i++) close(fds[i]);
    wait(NULL);
    return 0;
}

int main(int count, char **words) {
    if (count == 4 && !strcmp(words[1], "sink")) return sink(atoi(words[2]), atoi(words[3]));
    if (count == 5 && !strcmp(words[1], "loop")) return loop(atoi(words[2]), atoi(words[3]), atoi(words[4]));
    fprintf(stderr, "fanout sink PORT MEMBERS | fanout loop MEMBERS FRAMES SIZE\n");
    return 2;
}
