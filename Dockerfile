# The page, its HTTP interface, the flows that are due and the program, in one image that holds nothing else. `cargo xtask image` builds site
# and program first and gives their folder; nothing is pulled.
FROM scratch
COPY reviewlab /reviewlab
COPY site /site
# A new volume takes over owner and content of the folder it hides.
COPY --chown=65532:65532 project /project
USER 65532:65532
WORKDIR /project
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["/reviewlab", "health"]
ENTRYPOINT ["/reviewlab"]
CMD ["serve", "--project", "/project/project.reviewlab", "--listen", "0.0.0.0:8000", "--site", "/site", "--flows"]
