# The program with libtorch and the runtime of .NET, for tasks of a sweep on Kubernetes (docs/scale.md).
#   docker build -t gaitprop:0.1.0 .
#   docker build -t gaitprop:0.1.0-cuda --build-arg TORCH=cuda .     with the libtorch for NVIDIA GPUs, for sweeps with --gpus
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TORCH=cpu
ENV NUGET_PACKAGES=/packages
WORKDIR /source
COPY . .
RUN dotnet publish src/GaitProp.Kernel -c Release -p:Torch=$TORCH -o /gaitprop

# A publish leaves libtorch in the packages (Directory.Build.targets). Its libraries come along in the folders that Loading/LibTorch.cs searches.
RUN mkdir /torch && cd /packages \
    && cp -r --parents torchsharp/*/runtimes/linux-x64/native libtorch-$TORCH-*/*/runtimes/linux-x64/native /torch \
    && chmod -R a+rX /torch

FROM mcr.microsoft.com/dotnet/runtime:10.0
COPY --from=build /gaitprop /gaitprop
COPY --from=build /torch /packages
ENV NUGET_PACKAGES=/packages

# The store, the experiments and the data lie on a volume that is mounted here.
WORKDIR /store
ENV GAITPROP_DATA=/store/data
ENTRYPOINT ["dotnet", "/gaitprop/gaitprop.dll"]
CMD ["--help"]
