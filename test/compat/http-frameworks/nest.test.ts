/** NestJS 11 over Express and over Fastify. */
import 'reflect-metadata';
import * as common from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Observable } from 'rxjs';
import { describeNest } from '../../support/nest-cases.js';

const adapters = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };
describeNest(11, { common, NestFactory, Observable, adapters });
